"""Best-fit decreasing over lengths, in plain Python: what bench/planner.mjs is measured beside.

  python best_fit.py WIDTH < lengths        lengths: uint32, native order

Lengths longer than a row give full rows and a rest. Open rows are found by a segment tree over capacities, as in Ding
et al. 2024 (arXiv 2404.10830, section 3.2): every leaf a capacity, every node whether a row below it is open.
"""
import sys
import time
from array import array


def best_fit(lengths, width):
    size = 1
    while size < width + 1:
        size *= 2
    tree = bytearray(2 * size)
    open_rows = [[] for _ in range(width + 1)]
    rows = []

    def find(capacity):
        """The smallest capacity with an open row that is at least this one, or -1."""
        node = capacity + size
        if tree[node]:
            return capacity
        while node > 1:
            if node % 2 == 0 and tree[node + 1]:
                node += 1
                break
            node //= 2
        else:
            return -1
        while node < size:
            node = 2 * node if tree[2 * node] else 2 * node + 1
        return node - size

    def set_leaf(capacity, value):
        node = capacity + size
        while node and tree[node] != value:
            tree[node] = value
            node //= 2
            if not value and node and (tree[2 * node] or tree[2 * node + 1]):
                return

    pieces = []
    for item, length in enumerate(lengths):
        for start in range(0, length - length % width, width):
            rows.append([(item, start, width)])
        if length % width:
            pieces.append((length % width, item, length - length % width))
    pieces.sort(reverse=True)
    for length, item, start in pieces:
        capacity = find(length)
        if capacity < 0:
            capacity, row = width, []
            rows.append(row)
        else:
            row = open_rows[capacity].pop()
            if not open_rows[capacity]:
                set_leaf(capacity, 0)
        row.append((item, start, length))
        left = capacity - length
        if left:
            if not open_rows[left]:
                set_leaf(left, 1)
            open_rows[left].append(row)
    return rows


def main():
    width = int(sys.argv[1])
    lengths = array("I", sys.stdin.buffer.read()).tolist()
    begin = time.process_time()
    rows = best_fit(lengths, width)
    seconds = time.process_time() - begin
    filled = sum(length for row in rows for _, _, length in row)
    assert filled == sum(lengths)
    name = f"Python {sys.version.split()[0]}, best-fit alone ({len(lengths):,} documents, {len(rows):,} rows)"
    print(f"| {name} | {seconds:.2f} | {len(lengths) / seconds:,.0f} | - |")


main()
