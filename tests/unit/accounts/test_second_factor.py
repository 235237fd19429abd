"""The second factor: nothing is on before it was proved, a code works once, a lost phone has a stated way back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, text

from ezcore.accounts import operations as accounts
from ezcore.accounts.errors import LinkNotGood, TooManyTries, WrongCode
from ezcore.accounts.factors import operations as factors
from ezcore.accounts.factors.entering import finish
from ezcore.accounts.factors.models import RecoveryCode, SecondFactor
from ezcore.accounts.factors.queries import begun, is_on, state_of
from ezcore.accounts.factors.rules import PERIOD, step_of
from ezcore.accounts.models import LoginSession, User
from ezcore.accounts.queries import actor_for
from ezcore.audit.models import AuditRow
from ezcore.kernel.actor import VISITOR, Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from tests.fixtures_accounts import ANN, PASSWORD

HERE = accounts.Visit(ip="192.0.2.7")


class App:
    """Somebody's phone."""

    def __init__(self, work, account) -> None:
        self.work, self.user_id = work, account.user_id
        with work.read() as uow:
            self.actor = actor_for(uow, uow.session.get_one(User, self.user_id))

    def set_up(self) -> list[str]:
        with self.work.write(self.actor) as uow:
            factors.begin(uow)
        with self.work.read(self.actor) as uow:
            self.secret = begun(uow, uow.session.get_one(User, self.user_id))[0]
        with self.work.write(self.actor) as uow:
            return factors.confirm(uow, self.code())

    def code(self, after: int = 0) -> str:
        return pyotp.TOTP(self.secret).generate_otp(int(self.work.clock.now().timestamp()) // PERIOD + after)

    def use(self, code: str) -> bool:
        with self.work.write(self.actor) as uow:
            return factors.use_code(uow, self.user_id, code)


@pytest.fixture
def phone(work, ann) -> App:
    return App(work, ann)


@pytest.fixture
def clock(work):
    """The shop's clock, moved by hand."""
    return work.clock


@pytest.fixture
def make_staff():
    """A member of staff with these permissions."""
    return lambda *may: Actor("staff", permissions=frozenset(may), name="Kadri")


def half_in(work, ip: str = "192.0.2.7") -> str:
    visitor = Actor("visitor", name="visitor", ip=ip)
    entry = accounts.log_in(work, visitor, accounts.Credentials(ANN, PASSWORD), accounts.Visit(ip=ip))
    assert entry.is_half
    return entry.token


def test_a_secret_that_nobody_proved_changes_nothing(work, phone, log_in):
    with work.write(phone.actor) as uow:
        factors.begin(uow)
        with pytest.raises(WrongCode):
            factors.confirm(uow, "000000")
    with work.read() as uow:
        assert not is_on(uow, phone.user_id)
    assert log_in()


def test_the_password_alone_opens_no_session_any_more(work, phone):
    phone.set_up()
    half_in(work)
    with work.read() as uow:
        assert uow.session.scalars(select(LoginSession)).all() == []


def test_the_code_opens_the_session_once(work, phone, clock):
    phone.set_up()
    token = half_in(work)
    clock.advance(timedelta(seconds=PERIOD))
    assert finish(work, VISITOR, token, f" {phone.code()[:3]} {phone.code()[3:]}", HERE)
    with pytest.raises(LinkNotGood):
        finish(work, VISITOR, token, phone.code(after=1), HERE)


def test_a_code_that_was_seen_over_a_shoulder_is_used_up(phone, clock):
    phone.set_up()
    clock.advance(timedelta(seconds=PERIOD))
    code = phone.code()
    assert phone.use(code)
    assert not phone.use(code)
    assert not phone.use(phone.code(after=-1)), "nor one older than the last"
    assert phone.use(phone.code(after=1)), "a phone that is ahead by half a minute is taken"


def test_the_code_that_confirmed_it_does_not_log_in(work, phone):
    phone.set_up()
    with pytest.raises(WrongCode):
        finish(work, VISITOR, half_in(work), phone.code(), HERE)


@pytest.mark.parametrize("after", [-3, -2, 2, 3])
def test_a_code_of_another_minute_is_wrong(phone, clock, after):
    phone.set_up()
    clock.advance(timedelta(minutes=5))
    assert not phone.use(phone.code(after=after))


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "0" * 39, "--", "😀"])
def test_what_is_no_code_opens_nothing(phone, code):
    phone.set_up()
    assert not phone.use(code)


def test_two_browsers_with_one_code_are_one_log_in(each_work):
    with each_work.write() as uow:
        account = accounts.create_verified(uow, ANN, "Ann", password=PASSWORD)
    phone = App(each_work, account)
    codes = phone.set_up()
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(phone.use, [codes[0]] * 4)) == 1
        assert sum(pool.map(phone.use, [phone.code(after=1)] * 4)) == 1


def test_each_recovery_code_works_once_and_only_for_its_owner(work, phone):
    codes = phone.set_up()
    assert len(set(codes)) == 10
    with work.write() as uow:
        bob = accounts.create_verified(uow, "bob@client.example", "Bob")
    other = App(work, bob)
    other.set_up()
    assert not other.use(codes[0])
    assert phone.use(codes[0].upper().replace("-", " "))
    assert not phone.use(codes[0])
    with work.read() as uow:
        assert state_of(uow, phone.user_id).codes_left == 9


def test_new_recovery_codes_void_the_old_ones(work, phone):
    old = phone.set_up()
    with work.write(phone.actor) as uow:
        new = factors.new_recovery_codes(uow)
    assert not phone.use(old[0])
    assert phone.use(new[0])


def test_neither_secret_nor_codes_stand_in_the_database(work, phone):
    codes = phone.set_up()
    with work.read() as uow:
        rows = "".join(
            repr(uow.session.execute(text(f"SELECT * FROM {name}")).all())
            for name in (SecondFactor.__tablename__, RecoveryCode.__tablename__)
        )
    for secret in (phone.secret, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in rows


def test_five_wrong_codes_end_the_step(work, phone):
    phone.set_up()
    token = half_in(work)
    for _ in range(5):
        with pytest.raises(WrongCode):
            finish(work, VISITOR, token, "000000", HERE)
    with pytest.raises(LinkNotGood):
        finish(work, VISITOR, token, phone.code(after=1), HERE)


def test_guessing_goes_on_nowhere_although_the_password_is_known(work, phone, letterbox):
    phone.set_up()
    elsewhere, errors = accounts.Visit(ip="203.0.113.9"), []
    for _ in range(3):
        token = half_in(work, "203.0.113.9")
        for _ in range(5):
            with pytest.raises((WrongCode, TooManyTries)) as caught:
                finish(work, VISITOR, token, "000000", elsewhere)
            errors.append(caught.type)
    assert errors == [WrongCode] * 10 + [TooManyTries] * 5, "the eleventh is not even looked at"
    assert [name for name, _ in letterbox.to(ANN)].count("suspicious_logins") == 1


def test_a_step_lasts_ten_minutes(work, phone, clock):
    phone.set_up()
    token = half_in(work)
    clock.advance(timedelta(minutes=10))
    with pytest.raises(LinkNotGood):
        finish(work, VISITOR, token, phone.code(), HERE)


@pytest.mark.parametrize("token", [None, "", "x", "x" * 5000])
def test_a_made_up_step_is_none(work, phone, token):
    phone.set_up()
    with pytest.raises(LinkNotGood):
        finish(work, VISITOR, token, phone.code(after=1), HERE)


def test_staff_reset_it_with_a_reason_and_the_client_is_told(work, phone, make_staff, letterbox, log_in):
    phone.set_up()
    helper = make_staff("clients.manage")
    with work.write(helper) as uow:
        factors.reset(uow, phone.user_id, "phone lost, passport seen")
    with work.read() as uow:
        row = uow.session.scalars(select(AuditRow).where(AuditRow.verb == "user.second_factor_reset")).one()
        assert (row.reason, row.client_id is not None) == ("phone lost, passport seen", True)
    assert letterbox.to(ANN)[-1][0] == "second_factor_reset"
    assert log_in(), "the password alone opens it now"


def test_nobody_resets_what_is_not_theirs_to_reset(work, phone, make_staff):
    phone.set_up()
    for actor, reason, error in (
        (make_staff("billing.manage"), "a reason", NotAllowed),
        (phone.actor, "a reason", NotAllowed),
        (make_staff("clients.manage"), " x", InvalidInput),
    ):
        with work.write(actor) as uow, pytest.raises(error):
            factors.reset(uow, phone.user_id, reason)
    with work.write(make_staff("clients.manage")) as uow, pytest.raises(NotFound):
        factors.reset(uow, 999_999, "a reason")


def test_turning_it_off_is_told(work, phone, letterbox, log_in):
    phone.set_up()
    with work.write(phone.actor) as uow:
        factors.turn_off(uow)
    assert letterbox.to(ANN)[-1][0] == "second_factor_off"
    assert log_in()
    with work.write(phone.actor) as uow, pytest.raises(Refused):
        factors.turn_off(uow)


def test_a_second_one_cannot_be_begun_beside_the_first(work, phone):
    phone.set_up()
    with work.write(phone.actor) as uow, pytest.raises(Refused):
        factors.begin(uow)


def test_the_codes_are_those_of_the_standard(clock):
    """RFC 6238, appendix B: SHA-1, eight digits there, six here."""
    from datetime import UTC, datetime

    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in (
        (59, "287082"),
        (1111111109, "081804"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ):
        assert step_of(secret, code, datetime.fromtimestamp(seconds, UTC), after=0) == seconds // 30
