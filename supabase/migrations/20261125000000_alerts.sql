-- Alerts to people are records: each is written before anybody is told, and says what was told. `alerted_at` of an event, a recording, a call or a
-- text means that a record counts it.

create table public.hub_alerts (
  id bigint generated always as identity primary key,
  cause text not null,
  opened_at timestamptz not null default clock_timestamp(),
  -- The events, recordings, calls or texts with this cause so far, and when the first and the last of them came.
  count bigint not null check (count > 0),
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- The first few that people have not been told about, and the last reason.
  named jsonb not null default '[]',
  reason text,
  -- When the cause was over. Later troubles open another record.
  ended_at timestamptz,
  -- How many people have been told about, when, and whether they know that it is over.
  told_count bigint not null default 0,
  told_at timestamptz,
  told_end boolean not null default false,
  -- While a process tells people, until when no other does.
  claimed_until timestamptz
);
comment on table public.hub_alerts is 'One row an alert: its cause, how many troubles it counts, since when, until when, and what people were told.';
create unique index hub_alerts_open on public.hub_alerts (cause) where ended_at is null;

-- Whether a cause is over must not cost more than a look, whatever else the tables hold.
create index omni_events_troubled on public.omni_events (dispatch_state)
  where dispatch_state = 'parked' or (dispatch_state = 'waiting' and dispatch_attempts >= 10);
create index twilio_recordings_failed on public.twilio_recordings (state) where state = 'failed';
create index twilio_outbound_troubled on public.twilio_outbound (state, updated_at) where state <> 'sent' and state <> 'blocked';

alter table public.hub_alerts enable row level security;

-- Supabase grants its API roles every privilege on new tables, TRUNCATE too, which row-level security does not cover.
do $$
declare
  api_role text;
begin
  for api_role in select rolname from pg_roles where rolname in ('anon', 'authenticated') loop
    execute format('revoke all on public.hub_alerts from %I', api_role);
  end loop;
end
$$;
