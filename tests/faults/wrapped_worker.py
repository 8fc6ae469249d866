"""A worker of a wrapped daemon."""

import gateway.worker.__main__ as worker
from faults.wrapped import wrap

if __name__ == "__main__":
    wrap()
    worker.main()
