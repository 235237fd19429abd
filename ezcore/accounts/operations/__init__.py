"""Verbs of accounts, one file per subject; import them from here."""

from ezcore.accounts.operations.clients import change_client, close_client, create_by_staff, reopen_client
from ezcore.accounts.operations.links import is_good, request_reset, send_verify_link_again, verify
from ezcore.accounts.operations.login import (
    Credentials,
    Entry,
    Visit,
    confirm_own_password,
    confirm_password,
    log_in,
)
from ezcore.accounts.operations.notes import add_note, remove_note, stick_note
from ezcore.accounts.operations.passwords import change_password, reset_password
from ezcore.accounts.operations.profile import update_profile
from ezcore.accounts.operations.roles import change_permissions, create_role, remove_role
from ezcore.accounts.operations.seed import Account, create_verified
from ezcore.accounts.operations.sessions import (
    end_other_sessions,
    end_sessions,
    log_out,
    open_session,
    revoke_session,
    seen,
)
from ezcore.accounts.operations.setup_hidden import hide_setup
from ezcore.accounts.operations.shortcuts import use_shortcuts
from ezcore.accounts.operations.signup import SignUp, register, sign_up
from ezcore.accounts.operations.staff import change_role, disable_user, enable_user, ensure_roles, make_staff
from ezcore.accounts.operations.tax import set_number_state, set_tax_exempt

__all__ = [
    "Account",
    "Credentials",
    "Entry",
    "SignUp",
    "Visit",
    "add_note",
    "change_client",
    "change_password",
    "change_permissions",
    "change_role",
    "close_client",
    "confirm_own_password",
    "confirm_password",
    "create_by_staff",
    "create_role",
    "create_verified",
    "disable_user",
    "enable_user",
    "end_other_sessions",
    "end_sessions",
    "ensure_roles",
    "hide_setup",
    "is_good",
    "log_in",
    "log_out",
    "make_staff",
    "open_session",
    "register",
    "remove_note",
    "remove_role",
    "reopen_client",
    "request_reset",
    "reset_password",
    "revoke_session",
    "seen",
    "send_verify_link_again",
    "set_number_state",
    "set_tax_exempt",
    "sign_up",
    "stick_note",
    "update_profile",
    "use_shortcuts",
    "verify",
]
