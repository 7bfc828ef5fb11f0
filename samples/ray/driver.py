"""A build as Ray tasks: ray job submit -- python driver.py mix.yaml --out /shared/out

Ray places the shares of each list and runs them again when a node dies. longmix brings the lists, and what is done stays
done: its receipts say it. Every node needs longmix, and the output folder and the corpus under the same paths.
"""

import json
import os
import subprocess
import sys

import ray

SHARES = int(os.environ.get("SHARES", "64"))


@ray.remote(num_cpus=1, max_retries=3, retry_exceptions=True, scheduling_strategy="SPREAD")
def share(job: str, number: int, of: int) -> int:
    command = ["longmix", "worker", job, "--task", str(number), "--of", str(of)]
    code = subprocess.run(command, check=False).returncode
    # 2 is the user's mistake: a value, which Ray does not try again. All others are.
    if code not in (0, 2):
        raise RuntimeError(f"{' '.join(command)}: exit code {code}")
    return code


def next_list(arguments: list[str]) -> str | None:
    """Plans what can be planned, and gives the list whose tasks come next; None: all is built."""
    command = ["longmix", "build", *arguments, "--engine", "by-hand", "--json", "--quiet"]
    said = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return said["job"] if said.get("finished") is False else None


ray.init()
while (job := next_list(sys.argv[1:])) is not None:
    if any(ray.get([share.remote(job, number, SHARES) for number in range(SHARES)])):
        sys.exit("a share ended with exit code 2, which trying again does not help: longmix jobs OUT shows the error")
