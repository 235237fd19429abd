"""Bank transfer for ezcore: says how to pay; staff record what arrived."""
