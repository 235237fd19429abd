"""What shares a domain name is delivered in an order; the rest does not wait."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ezcore.orders.fulfilment.plan import Line, after_all, plan


def domain(number, name="tamm.com", **params):
    return Line(number, name, "domain_names", {"domain": name, **params})


def site(number, name="tamm.com"):
    return Line(number, f"Web {name}", "hestiacp", {"domain": name})


def certificate(number, names="tamm.com\n*.tamm.com"):
    return Line(number, "Certificate", "certificates", {"names": names})


def server(number, **more):
    return Line(number, "VPS", "proxmox", {"hostname": "x"}, **more)


def shown(stages):
    return [(stage.name, stage.after) for stage in stages]


BUNDLE = [
    ("service:1", ()),
    ("zone:tamm.com", ("service:1",)),
    ("delegate:tamm.com", ("zone:tamm.com",)),
    ("service:2", ("delegate:tamm.com",)),
    ("records:tamm.com", ("service:2",)),
    ("service:3", ("records:tamm.com",)),
]


def test_register_zone_account_records_certificate_in_that_order():
    assert shown(plan([domain(1), site(2), certificate(3)])) == BUNDLE


@given(st.permutations([domain(1), site(2), certificate(3)]))
def test_the_order_of_the_cart_does_not_matter(lines):
    assert shown(plan(lines)) == BUNDLE


def test_services_that_share_nothing_need_no_stages():
    assert plan([server(1)]) == []
    assert plan([domain(1)]) == []
    assert plan([domain(1), site(2, "other.example"), server(3)]) == []


def test_what_has_no_name_starts_at_once_beside_a_bundle():
    stages = plan([domain(1), site(2), server(3), server(4, parent_id=3)])
    assert ("service:3", ()) in shown(stages)
    assert ("service:4", ("service:3",)) in shown(stages)


def test_a_site_below_the_name_belongs_to_it_but_a_look_alike_does_not():
    names = dict(shown(plan([domain(1), site(2, "blog.tamm.com"), site(3, "nottamm.com")])))
    assert names["service:2"] == ("delegate:tamm.com",)
    assert names["service:3"] == ()


def test_two_bundles_do_not_wait_for_each_other():
    stages = plan([domain(1), site(2), domain(3, "kask.ee"), site(4, "kask.ee")])
    assert dict(shown(stages))["service:4"] == ("delegate:kask.ee",)
    assert "zone:kask.ee" not in after_all(stages, "zone:tamm.com")


def test_a_name_with_its_own_nameservers_or_brought_here_keeps_its_zone_where_it_is():
    own = plan([domain(1, nameservers=["ns1.else.example"]), site(2), certificate(3)])
    moved = Line(1, "tamm.com", "domain_names", {"domain": "tamm.com"}, {"kind": "transfer"})
    for stages in (own, plan([moved, site(2), certificate(3)])):
        assert shown(stages) == [
            ("service:1", ()),
            ("service:2", ("service:1",)),
            ("service:3", ("service:2",)),
        ]


def test_a_site_of_a_name_whose_zone_is_here_gets_its_records():
    stages = plan([site(2), certificate(3)], zones=["tamm.com"])
    assert shown(stages) == [
        ("service:2", ()), ("records:tamm.com", ("service:2",)), ("service:3", ("records:tamm.com",)),
    ]  # fmt: skip


def test_everything_that_waits_for_a_stage_is_known():
    stages = plan([domain(1), site(2), certificate(3)])
    assert after_all(stages, "service:2") == {"records:tamm.com", "service:3"}
    assert after_all(stages, "service:3") == set()
    assert len(after_all(stages, "service:1")) == 5
