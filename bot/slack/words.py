"""The fixed sentences colleagues see in Slack, kept together for translation.

Nothing here reaches a customer. Texts are Slack mrkdwn unless they stand in a form.
"""

# --- the reply form (plain text; title and buttons at most 24 characters) ------

REPLY_TITLE = "Reply to the customer"
REPLY_SUBMIT = "Send"
REPLY_CLOSE = "Cancel"
REPLY_LABEL = "Your reply"
REPLY_HINT = "It reaches the customer in their chat, as written, from the shop."
REPLY_EMPTY = "Please write something; nothing has been sent."
REPLY_TOO_LONG = "That is too long for one message. Please shorten it or send two."
REPLY_LATE = "Saving took too long. Press Send again; the customer gets it once."
REPLY_FAILED = "That could not be saved, and nothing was sent. Please try again."
REPLY_REPEATED_TITLE = "Already sent"
REPLY_REPEATED = (
    "Your reply had been saved the first time and goes to the customer once. "
    "If you changed it since, please reply again with what is missing."
)

# --- whispers (only the colleague who pressed sees them) -----------------------

ONLY_COLLEAGUES = "Only colleagues on this team's list can do that."
TRY_AGAIN = (
    "That took too long, so I can't say yet whether it worked. "
    "If nothing has changed here in a moment, please try again."
)
FAILED = "That didn't work, and nothing has changed. Please try again."
FORM_FAILED = "The reply form didn't open. Please press Reply again."
TICKET_GONE = (
    "This ticket is closed or no longer exists, so there is nobody to reply to."
)
GROUP_NEEDS_PLAN = (
    "I can't tell who is a colleague: SLACK_STAFF names a user group, and this "
    "workspace's plan has none. List user ids there instead."
)
GROUP_UNKNOWN = (
    "I can't tell who is a colleague: the user group in SLACK_STAFF doesn't exist "
    "or is switched off. Name another one, or list user ids."
)
GROUP_SCOPE = (
    "I can't tell who is a colleague: the app lacks the scope `usergroups:read`. "
    "Add it and install the app again, or list user ids in SLACK_STAFF."
)
STAFF_UNREADABLE = "Slack didn't tell me who is a colleague. Please try again."

# --- cards ---------------------------------------------------------------------

SHORTENED = "_… cut here: {count:,} more characters did not fit._"
TEST_MESSAGE = "This is a test message from backorder-bot. All is well."
