"""Who of a data frame gets a flag: columns of NumPy in, arrays of NumPy out, nothing copied."""

import numpy

import flagkit

client = flagkit.Client(document="""
schema: flagkit/1
flags:
  discount:
    enabled: true
    targeting_rules:
      - { id: regulars, when: orders >= 10 }
    rollout_percentage: 0
""")

ids = numpy.arange(100_000)
orders = ids % 20
column = client.evaluate_column("discount", ids, {"orders": orders})
enabled = numpy.asarray(column.enabled)
assert enabled.sum() == column.count_enabled == 50_000
assert (enabled == (orders >= 10)).all()
print(column)
