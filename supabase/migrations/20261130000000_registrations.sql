-- Twilio's word on the senders of texts, and the senders that the carriers have refused. Both are for all processes: each text asks them when it leaves.

create table public.hub_registrations (
  sender text not null,
  -- The campaign or the toll-free verification that the config approves the sender by.
  registration_sid text not null check (registration_sid ~ '^(QE|HH)[0-9a-f]{32}$'),
  account_sid text not null check (account_sid ~ '^AC[0-9a-f]{32}$'),
  -- What Twilio said, and when the reading of it began. No time: Twilio has not been read yet.
  is_verified boolean not null default false,
  reasons text[] not null default '{}',
  read_at timestamptz,
  -- Why the last reading failed, in one line.
  failure text,
  -- Since when a process wants the word, and when one last did.
  wanted_since timestamptz not null default clock_timestamp(),
  wanted_at timestamptz not null default clock_timestamp(),
  -- While a process reads, or after a failure, until when no other does.
  claimed_until timestamptz,
  alerted_at timestamptz,
  primary key (sender, registration_sid),
  check (not is_verified or (read_at is not null and reasons = '{}'))
);
comment on table public.hub_registrations is 'One row a sender and registration: whether Twilio has it as verified, and since when that is known.';

create table public.hub_sender_closures (
  sender text primary key,
  error_code text not null,
  -- The text that the carriers refused: its SID, or the id of the request if it got none.
  text_id text not null,
  closed_at timestamptz not null default clock_timestamp(),
  -- When a person opened the sender again. A later refusal closes it anew.
  reopened_at timestamptz,
  alerted_at timestamptz
);
comment on table public.hub_sender_closures is 'One row a sender that the carriers refused as unregistered: no text of it leaves before a person has opened it again.';

alter table public.hub_registrations enable row level security;
alter table public.hub_sender_closures enable row level security;

-- Supabase grants its API roles every privilege on new tables, TRUNCATE too, which row-level security does not cover.
do $$
declare
  api_role text;
begin
  for api_role in select rolname from pg_roles where rolname in ('anon', 'authenticated') loop
    execute format('revoke all on public.hub_registrations, public.hub_sender_closures from %I', api_role);
  end loop;
end
$$;
