"""Other people's forwarding units, measured beside ours with the same load.

Each module knows one program: how it is found and got, its configuration, and how people come into
a room of it. `peer.py` says what a module has to bring, `known.py` lists them.
"""
