"""The practice Vitec: a separate process that speaks the contract of Vitec Connect over HTTP.

Start it with ``python -m sandbox``. It holds invented Swedish demo data, keeps what is written to
it, and can be told to misbehave (see ``sandbox.faults``). It imports nothing of the portal.
"""
