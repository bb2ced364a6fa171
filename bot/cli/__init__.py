"""The command line. Modules here import what is slow inside their functions."""
