-- Calls and texts that were asked of the hub, and the pace of each number. The queue itself is pg-boss's, in the schema hub_queue, which the
-- handler makes when it starts.

create table public.twilio_outbound (
  id uuid primary key default gen_random_uuid(),
  -- The client's: the same request under the same key is one request.
  idempotency_key text not null unique check (idempotency_key ~ '^[!-~]{1,255}$'),
  kind text not null check (kind in ('call', 'message')),
  to_number text not null,
  from_number text not null,
  -- What was asked, as it was parsed at the door.
  request jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'sending', 'unknown', 'sent', 'blocked', 'failed')),
  -- Why it is where it is, in one line without a phone number.
  reason text,
  -- The SID under which Twilio has it.
  sid text unique check (sid ~ '^(CA|SM|MM)[0-9a-f]{32}$'),
  -- Requests to Twilio that were begun, and how many of them in a row were answered with 429.
  attempts integer not null default 0,
  limited integer not null default 0,
  -- When the last request was begun, and why nobody knows what became of it.
  sending_since timestamptz,
  doubt text check (doubt in ('interrupted', 'unanswered')),
  -- How often Twilio was asked whether it has it, and said no.
  checks integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  alerted_at timestamptz
);
comment on table public.twilio_outbound is 'One row a call or text that was asked of the hub, and what became of it.';
create index twilio_outbound_alert_due on public.twilio_outbound (created_at)
  where alerted_at is null and state <> 'sent' and state <> 'blocked';
create index twilio_outbound_alerted on public.twilio_outbound (alerted_at) where alerted_at is not null;

create table public.twilio_outbound_pace (
  from_number text primary key,
  -- No request for the number leaves before this time.
  next_at timestamptz not null
);
comment on table public.twilio_outbound_pace is 'One row a number: when its next request may leave.';

alter table public.twilio_outbound enable row level security;
alter table public.twilio_outbound_pace enable row level security;

-- Supabase grants its API roles every privilege on new tables, TRUNCATE too, which row-level security does not cover.
do $$
declare
  api_role text;
begin
  for api_role in select rolname from pg_roles where rolname in ('anon', 'authenticated') loop
    execute format('revoke all on public.twilio_outbound, public.twilio_outbound_pace from %I', api_role);
  end loop;
end
$$;
