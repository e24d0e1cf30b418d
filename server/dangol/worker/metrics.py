"""What the worker tells Prometheus."""

from prometheus_client import Counter, Gauge

HANDLED = Counter("dangol_job_entries", "Entries of the event log that a job finished.", ["job"])
PARKED = Counter("dangol_job_parked", "Entries that a job could not handle and put aside.", ["job"])
FAILURES = Counter("dangol_job_failures", "Steps of a job that failed and are tried again.", ["job"])
LAG = Gauge("dangol_job_lag", "Entries that wait for a job, by partition.", ["job", "partition"])
TRIMMED = Counter("dangol_log_trimmed", "Entries deleted from the log after every job had them.")
LEASES = Gauge("dangol_worker_leases", "Partitions of jobs that this worker runs.")
WAITING = Gauge("dangol_push_waiting", "Push requests that are not finished, by partition.", ["partition"])
STUCK = Gauge("dangol_push_parked", "Push requests that could not be handled and were put aside.", ["partition"])
PUSHES = Counter("dangol_push_rows", "Push requests that came into a state.", ["state"])
SENDS = Counter("dangol_push_sends", "Attempts to hand over a push request.", ["channel", "outcome"])
REASONS = Counter("dangol_push_reasons", "Push requests that were held or refused, by why.", ["state", "reason"])
SPENT = Counter(
    "dangol_push_spent", "What push requests cost when they were sent, in the site's currency.", ["site", "channel"]
)
LOOKS = Counter("dangol_push_looks", "Accepted push requests that providers were asked about.", ["channel", "outcome"])
SKIPPED = Counter("dangol_trigger_skipped", "Decided messages that were not sent.", ["reason"])
FILLED = Counter("dangol_backfill_profiles", "Profiles that got something from the log for new conditions.")
FEED_DONE = Gauge("dangol_feed_done", "When a product feed was last put in force or unchanged, unix seconds.", ["site"])
FEED_FAILED = Gauge("dangol_feed_failed", "1 where the latest fetch of a product feed changed nothing.", ["site"])
FEED_PRODUCTS = Gauge("dangol_feed_products", "Products of the feed that is in force.", ["site"])
FEED_REFUSED = Gauge("dangol_feed_refused", "Rows of that feed that were refused.", ["site"])
PAGES = Counter("dangol_product_pages", "Pages of the shop that were looked at for a product.", ["site", "outcome"])
