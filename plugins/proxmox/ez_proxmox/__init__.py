"""Rents out virtual machines of a Proxmox VE cluster: an ezcore provisioning plugin."""
