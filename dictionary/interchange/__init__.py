"""The dictionary in other people's formats, out and in: REDCap, XLSForm, and a file of our own.

Pure: bytes and documents go in, bytes, documents and reports come out; nothing here asks the database. Whatever a
format cannot hold is fenced in a place that its own software ignores, and whatever we cannot hold is reported.
"""
