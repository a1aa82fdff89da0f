/** Calls, recordings and messages, with the fields of Twilio's JSON. */

/** A message (https://www.twilio.com/docs/messaging/api/message-resource). */
export interface MessageResource {
  sid: string;
  account_sid: string;
  messaging_service_sid: string | null;
  from: string | null;
  to: string;
  body: string;
  status: string;
  direction: "inbound" | "outbound-api" | "outbound-reply";
  num_segments: string;
  num_media: string;
  error_code: number | null;
  error_message: string | null;
  price: string | null;
  price_unit: string | null;
  api_version: string;
  date_created: string;
  date_updated: string;
  date_sent: string | null;
  /** Nothing here tags a text. */
  tags: null;
  uri: string;
  subresource_uris: Record<string, string>;
}

/** A call (https://www.twilio.com/docs/voice/api/call-resource). */
export interface CallResource {
  sid: string;
  account_sid: string;
  parent_call_sid: string | null;
  phone_number_sid: string | null;
  from: string;
  from_formatted: string;
  to: string;
  to_formatted: string;
  status: string;
  direction: "inbound" | "outbound-api" | "outbound-dial";
  start_time: string | null;
  end_time: string | null;
  duration: string | null;
  price: string | null;
  price_unit: string;
  annotation: string | null;
  answered_by: string | null;
  caller_name: string | null;
  forwarded_from: string | null;
  group_sid: string | null;
  queue_time: string;
  trunk_sid: string | null;
  api_version: string;
  date_created: string;
  date_updated: string;
  uri: string;
  subresource_uris: Record<string, string>;
}

/** The events of a call that a status callback can subscribe to, in the order in which they happen. */
export const PROGRESS_EVENTS = ["initiated", "ringing", "answered", "completed"] as const;

/** An event of {@link PROGRESS_EVENTS}. `completed` is any end of the call. */
export type ProgressEvent = (typeof PROGRESS_EVENTS)[number];

/** A resource with the parameters of its creation. They show where its callbacks go, which the JSON does not. */
export interface Stored<Resource> {
  readonly resource: Resource;
  /** The parameters of the API request that created it, or of the webhook that announced it. */
  readonly params: Readonly<Record<string, string | readonly string[]>>;
}

/** A recording (https://www.twilio.com/docs/voice/api/recording). */
export interface RecordingResource {
  sid: string;
  account_sid: string;
  call_sid: string;
  conference_sid: string | null;
  api_version: string;
  channels: number;
  source: string;
  status: string;
  /** Seconds. */
  duration: string;
  start_time: string;
  date_created: string;
  date_updated: string;
  price: string | null;
  price_unit: string;
  error_code: number | null;
  encryption_details: Record<string, unknown> | null;
  uri: string;
  /** The URL of the audio, without an extension. */
  media_url: string;
  subresource_uris: Record<string, string>;
}

/** A recording with its audio. */
export interface Recording {
  readonly resource: RecordingResource;
  /** Tests may change it. */
  readonly media: RecordingMedia;
}

/** How a recording's audio is served. */
export interface RecordingMedia {
  /** The number of further requests that get a 404, because the audio is not ready yet. */
  notReadyFor: number;
  /** The `Location` of a 307 answer to each request for the audio. */
  redirectTo?: string;
  /** The content type, if it is not that of the requested format. */
  contentType?: string;
  /** The size of the audio in bytes. Default: the size of silence as long as the recording. */
  bytes?: number;
  /** The audio, instead of silence. */
  body?: Uint8Array<ArrayBuffer>;
  /** Whether the audio is sent in chunks, without a Content-Length. */
  chunked?: boolean;
}
