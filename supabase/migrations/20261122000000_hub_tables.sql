-- The hub's tables. Row-level security is on and there is no policy, so Supabase's anonymous and signed-in roles see nothing; the handler
-- connects as the owner.

create table public.twilio_calls (
  call_sid text primary key check (call_sid ~ '^CA[0-9a-f]{32}$'),
  direction text,
  from_number text,
  to_number text,
  status text,
  -- How far the status is in a call's life. A status is replaced by one of a higher rank alone, so terminal ones stay.
  status_rank smallint not null default 0,
  duration_seconds integer,
  transcription text,
  -- The newest stored recording, and where it lies.
  recording_sid text,
  recording_location text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.twilio_calls is 'One row a call, whichever host its webhooks came over.';

create table public.twilio_sms (
  message_sid text primary key check (message_sid ~ '^(SM|MM)[0-9a-f]{32}$'),
  direction text,
  from_number text,
  to_number text,
  body text,
  -- The URLs of its media at Twilio, in their order.
  media_urls text[] not null default '{}',
  status text,
  status_rank smallint not null default 0,
  error_code text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.twilio_sms is 'One row a text, inbound or outbound.';

create table public.omni_events (
  -- What the event is about: the SID of a call, a text, a recording or a transcription.
  sid text not null,
  kind text not null,
  -- What tells this event from the others of its kind: the status, or the turn of a call.
  step text not null,
  -- The stable id that is handed on with the event.
  event_id text generated always as (kind || ':' || sid || ':' || step) stored,
  -- The order of arrival.
  sequence bigint generated always as identity,
  -- The host over which it came first.
  host text not null,
  parameters jsonb not null,
  received_at timestamptz not null,
  -- The outbox: 'none' is not handed on, 'parked' was refused for good.
  dispatch_state text not null check (dispatch_state in ('none', 'waiting', 'done', 'parked')),
  dispatch_attempts integer not null default 0,
  -- Not before this time; while an attempt is under way, until when nobody else tries.
  dispatch_after timestamptz not null default now(),
  dispatch_error text,
  dispatched_at timestamptz,
  alerted_at timestamptz,
  primary key (sid, kind, step)
);
comment on table public.omni_events is 'Every event once, and the outbox to the agents.';
create index omni_events_waiting on public.omni_events (sequence) where dispatch_state = 'waiting';
create index omni_events_alert_due on public.omni_events (sequence)
  where alerted_at is null and (dispatch_state = 'parked' or dispatch_attempts >= 10);
create index omni_events_alerted on public.omni_events (alerted_at) where alerted_at is not null;

create table public.processed_webhook_events (
  -- A hash of the very string that Twilio signed.
  signed_hash text primary key,
  response_status smallint not null,
  response_type text,
  response_body text not null,
  processed_at timestamptz not null default now()
);
comment on table public.processed_webhook_events is 'What each webhook was answered with, for 24 hours: a repeat gets the same bytes.';
-- The rows lie in the order of their times, so the purge finds the old ones by block ranges, at no cost for each webhook.
create index processed_webhook_events_processed on public.processed_webhook_events using brin (processed_at) with (autosummarize = on);

create table public.twilio_recordings (
  recording_sid text primary key check (recording_sid ~ '^RE[0-9a-f]{32}$'),
  call_sid text not null check (call_sid ~ '^CA[0-9a-f]{32}$'),
  state text not null default 'waiting' check (state in ('waiting', 'stored', 'failed')),
  attempts integer not null default 0,
  -- Not before this time; while an attempt is under way, until when nobody else tries.
  fetch_after timestamptz not null default now(),
  error text,
  location text,
  content_type text,
  bytes bigint,
  created_at timestamptz not null default now(),
  stored_at timestamptz,
  alerted_at timestamptz
);
comment on table public.twilio_recordings is 'One row a recording: what is to be fetched from Twilio, and where it was stored.';
create index twilio_recordings_call on public.twilio_recordings (call_sid);
create index twilio_recordings_waiting on public.twilio_recordings (fetch_after) where state = 'waiting';
create index twilio_recordings_alert_due on public.twilio_recordings (created_at) where state = 'failed' and alerted_at is null;
create index twilio_recordings_alerted on public.twilio_recordings (alerted_at) where alerted_at is not null;

alter table public.twilio_calls enable row level security;
alter table public.twilio_sms enable row level security;
alter table public.omni_events enable row level security;
alter table public.processed_webhook_events enable row level security;
alter table public.twilio_recordings enable row level security;

-- Supabase grants its API roles every privilege on new tables, TRUNCATE too, which row-level security does not cover.
do $$
declare
  api_role text;
begin
  for api_role in select rolname from pg_roles where rolname in ('anon', 'authenticated') loop
    execute format(
      'revoke all on public.twilio_calls, public.twilio_sms, public.omni_events, public.processed_webhook_events, public.twilio_recordings from %I',
      api_role
    );
  end loop;
end
$$;
