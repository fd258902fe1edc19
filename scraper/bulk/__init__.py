"""Many pages: read, cleaned and written so that nothing is lost, nothing twice, whatever is killed and whenever.

    plan      inputs -> shards            fixed lists of files; a name made from them, the settings and the version
    engine    shard -> rows               local: worker processes of this machine; ray: tasks of a cluster
    writers   rows -> blocks -> files     flushed, then renamed
    manifest  what is there for good      told after the disk has it
    report    what became of it all

`run(job)` is the whole of it; equal jobs give equal bytes.
"""

from scraper.bulk.job import Job
from scraper.bulk.run import Outcome, run

__all__ = ["Job", "Outcome", "run"]
