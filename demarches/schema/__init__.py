"""Forms are data: a definition is parsed once, then drawn, answered and read back by the same code.

`parse.parse` turns a document (YAML or JSON) into the dataclasses of `definition`; `builder` turns
one section into a Django form; `lecture` turns filed answers into lines for the recap, the PDF and
the admin.
"""
