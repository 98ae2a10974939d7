"""How to talk to Vitec Connect: addresses, Basic auth, time limits and what an outcome means.

The package knows nothing of forms, offices or database rows. `calls` holds the values that cross
the wire, `client` sends them over the connections of `transport`, `outcomes` decides what an answer
means and `errors` says what may have happened without one. `answers` reads complaints, `rows`,
`dates` and `enums` read values, and `lookups` are the lists that forms offer.
"""
