/**
 * The API for recordings: their metadata and their audio.
 * Source: https://www.twilio.com/docs/voice/api/recording
 */
import { type Context, Hono } from "hono";
import type { Recording } from "../records.ts";
import { notFoundError } from "../serving/errors.ts";
import { page2010 } from "../serving/pages.ts";
import { AUDIO_TYPES, type AudioFormat, silentAudio, silentAudioOfSize } from "../silent-audio.ts";
import type { TwilioState } from "../state.ts";

/** The size of each piece of chunked audio, in bytes. */
const PIECE_BYTES = 64 * 1024;

/** The routes under `/Recordings` of an account. */
export function recordingsApi(state: TwilioState): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    const { CallSid } = c.req.query();
    const all = [...state.recordings.values()].map(({ resource }) => resource).reverse();
    const found = all.filter(({ call_sid }) => CallSid === undefined || call_sid === CallSid);
    return page2010(c, "recordings", found);
  });
  // The app removes `.json` from its paths, so only the URL distinguishes the resource from its audio without an extension.
  app.get("/:file", (c) => {
    const { sid, format } = parseFile(c.req.param("file"));
    const recording = findRecording(state, sid, c);
    return pathOf(c).endsWith(".json") ? c.json(recording.resource) : audio(recording, format, c);
  });
  app.delete("/:file", (c) => {
    const { resource } = findRecording(state, parseFile(c.req.param("file")).sid, c);
    state.recordings.delete(resource.sid);
    return c.body(null, 204);
  });
  return app;
}

function parseFile(file: string): { sid: string; format: AudioFormat } {
  const [, sid = file, extension] = /^(.+)\.(mp3|wav)$/.exec(file) ?? [];
  return { sid, format: extension === "mp3" ? "mp3" : "wav" };
}

function findRecording(state: TwilioState, sid: string, c: Context): Recording {
  const found = state.recordings.get(sid);
  if (found === undefined) throw notFoundError(pathOf(c));
  return found;
}

function audio({ resource, media }: Recording, format: AudioFormat, c: Context): Response {
  if (media.notReadyFor > 0) {
    media.notReadyFor -= 1;
    throw notFoundError(pathOf(c));
  }
  if (media.redirectTo !== undefined) return c.body(null, 307, { Location: media.redirectTo });
  const { body = silence(format, Number(resource.duration), media.bytes), contentType = AUDIO_TYPES[format] } = media;
  const headers = { "Content-Type": contentType };
  if (media.chunked) return new Response(pieces(body), { headers });
  return new Response(body, { headers: { ...headers, "Content-Length": String(body.length) } });
}

function silence(format: AudioFormat, seconds: number, bytes: number | undefined): Uint8Array<ArrayBuffer> {
  return bytes === undefined ? silentAudio(format, seconds) : silentAudioOfSize(format, bytes);
}

/** Streams the body in pieces. Each is sent when the reader pulls it, so a reader that stops leaves the rest unsent. */
function pieces(body: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (at >= body.length) {
        controller.close();
        return;
      }
      controller.enqueue(body.subarray(at, at + PIECE_BYTES));
      at += PIECE_BYTES;
    },
  });
}

function pathOf(c: Context): string {
  return new URL(c.req.url).pathname;
}
