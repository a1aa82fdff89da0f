-- The purge takes the oldest answers from this index, a batch at a time, at the same cost for any backlog. Block ranges cannot do that: new answers
-- fill the places of removed ones, so each range soon holds all ages.

create index processed_webhook_events_age on public.processed_webhook_events (processed_at);
drop index public.processed_webhook_events_processed;
