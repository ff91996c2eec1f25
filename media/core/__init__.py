"""The control core of a worker: who gets what, numbered how. Standard library, no I/O, no clock.

Every `now` is monotonic seconds as float, passed in by the caller. Transports are named by the
caller's ids. `router.Router` is the whole of one room; the data plane moves packets by the
`table.Forward` it returns and knows nothing else.
"""
