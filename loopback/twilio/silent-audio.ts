/** Audio of silence, in the formats of Twilio's recordings. */

/** `mp3` (MPEG-2 layer III, 32 kbit/s) or `wav` (16-bit PCM, 8 kHz), both mono. */
export type AudioFormat = "mp3" | "wav";

/** Twilio's content types of the formats. */
export const AUDIO_TYPES: Readonly<Record<AudioFormat, string>> = { mp3: "audio/mpeg", wav: "audio/x-wav" };

/** The size of one second, in bytes. A WAV file also has a header of 44 bytes. */
const BYTES_PER_SECOND: Readonly<Record<AudioFormat, number>> = { mp3: 4000, wav: 16_000 };
const WAV_HEADER_BYTES = 44;

/** A frame of 96 bytes and 24 ms. The header means 24 kHz, 32 kbit/s, one channel and no CRC; the zeros after it mean silence. */
const SILENT_MP3_FRAME = Buffer.concat([Buffer.from([0xff, 0xf3, 0x44, 0xc4]), Buffer.alloc(92)]);

/** Makes silence of a length in seconds. An MP3 is rounded up to whole frames. */
export function silentAudio(format: AudioFormat, seconds: number): Uint8Array<ArrayBuffer> {
  const bytes = Math.ceil(seconds * BYTES_PER_SECOND[format]);
  const frame = SILENT_MP3_FRAME.length;
  return format === "mp3"
    ? silentAudioOfSize("mp3", Math.ceil(bytes / frame) * frame)
    : silentAudioOfSize("wav", WAV_HEADER_BYTES + bytes);
}

/**
 * Makes silence of a size in bytes. An MP3 ends within a frame if the size is not a multiple of the frame's size.
 *
 * @throws RangeError if the size is too small for a WAV file's header
 */
export function silentAudioOfSize(format: AudioFormat, bytes: number): Uint8Array<ArrayBuffer> {
  if (format === "mp3") return Buffer.alloc(bytes, SILENT_MP3_FRAME);
  const file = Buffer.alloc(bytes);
  wavHeader(bytes - WAV_HEADER_BYTES).copy(file);
  return file;
}

/** Makes the header of a WAV file (http://soundfile.sapp.org/doc/WaveFormat/). */
function wavHeader(dataBytes: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + dataBytes, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(8000, 24); // samples per second
  header.writeUInt32LE(BYTES_PER_SECOND.wav, 28);
  header.writeUInt16LE(2, 32); // bytes per sample
  header.writeUInt16LE(16, 34); // bits per sample
  header.write("data", 36, "latin1");
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
