"""An OpenAI-compatible chat server that fails in every way that real ones do, when it is told to.

It speaks HTTP over real connections, in a thread of the test or as a process of its own
(``python -m tests.faults_server``), and keeps account of every completion that it would bill.
"""
