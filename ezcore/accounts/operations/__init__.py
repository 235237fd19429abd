"""Verbs of accounts, one file per subject; import them from here."""

from ezcore.accounts.operations.links import is_good, request_reset, send_verify_link_again, verify
from ezcore.accounts.operations.login import Credentials, Visit, confirm_password, log_in
from ezcore.accounts.operations.passwords import change_password, reset_password
from ezcore.accounts.operations.profile import update_profile
from ezcore.accounts.operations.seed import Account, create_verified
from ezcore.accounts.operations.sessions import end_sessions, log_out, open_session, revoke_session, seen
from ezcore.accounts.operations.signup import SignUp, register, sign_up
from ezcore.accounts.operations.staff import change_role, disable_user, enable_user, ensure_roles, make_staff
from ezcore.accounts.operations.tax import set_number_state, set_tax_exempt

__all__ = [
    "Account",
    "Credentials",
    "SignUp",
    "Visit",
    "change_password",
    "change_role",
    "confirm_password",
    "create_verified",
    "disable_user",
    "enable_user",
    "end_sessions",
    "ensure_roles",
    "is_good",
    "log_in",
    "log_out",
    "make_staff",
    "open_session",
    "register",
    "request_reset",
    "reset_password",
    "revoke_session",
    "seen",
    "send_verify_link_again",
    "set_number_state",
    "set_tax_exempt",
    "sign_up",
    "update_profile",
    "verify",
]
