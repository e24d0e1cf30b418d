"""What happens after the page view: jobs over the event log, and the dispatch of push requests."""
