"""Audits and changes a fleet of virtual machines: many documents, on one machine or on many, by Dask."""
