"""Deliberate defects: does the conformance kit see them?"""
