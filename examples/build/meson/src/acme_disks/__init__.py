"""Disks of guests; `acme_disks.model` is generated when the project is built."""
