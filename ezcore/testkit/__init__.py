"""Test kit: conformance suites and quiet stand-ins that core and plugin tests build on."""
