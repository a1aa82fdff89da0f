-- The SIDs that Twilio had between the two numbers before the last request: none of them is the request's. Null if Twilio did not list them, and for
-- requests of earlier releases.

alter table public.twilio_outbound add column before_sids text[];
