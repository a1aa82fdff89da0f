/** Recordings of silence, in the formats that Twilio's recordings have. */

/** `mp3` (MPEG-2 layer III, 32 kbit/s) or `wav` (16-bit PCM, 8 kHz), both mono. */
export type AudioFormat = "mp3" | "wav";

/** The content types that Twilio sends for the formats. */
export const AUDIO_TYPES: Readonly<Record<AudioFormat, string>> = { mp3: "audio/mpeg", wav: "audio/x-wav" };

/** How many bytes a second takes; a WAV file has a header of 44 bytes besides. */
const BYTES_PER_SECOND: Readonly<Record<AudioFormat, number>> = { mp3: 4000, wav: 16_000 };
const WAV_HEADER_BYTES = 44;

/** Header of a frame with 24 kHz, 32 kbit/s, one channel and no CRC: 96 bytes of 24 ms. The zeros after it say that nothing is coded. */
const SILENT_MP3_FRAME = Buffer.concat([Buffer.from([0xff, 0xf3, 0x44, 0xc4]), Buffer.alloc(92)]);

/** Silence of a length in seconds; an MP3 is rounded up to whole frames. */
export function silentAudio(format: AudioFormat, seconds: number): Uint8Array<ArrayBuffer> {
  const bytes = Math.ceil(seconds * BYTES_PER_SECOND[format]);
  const frame = SILENT_MP3_FRAME.length;
  return format === "mp3"
    ? silentAudioOfSize("mp3", Math.ceil(bytes / frame) * frame)
    : silentAudioOfSize("wav", WAV_HEADER_BYTES + bytes);
}

/**
 * Silence of a size in bytes. An MP3 ends within a frame where its size is no multiple of a frame's.
 *
 * @throws RangeError where a WAV file is smaller than its header
 */
export function silentAudioOfSize(format: AudioFormat, bytes: number): Uint8Array<ArrayBuffer> {
  if (format === "mp3") return Buffer.alloc(bytes, SILENT_MP3_FRAME);
  const file = Buffer.alloc(bytes);
  wavHeader(bytes - WAV_HEADER_BYTES).copy(file);
  return file;
}

/** The header of a WAV file (http://soundfile.sapp.org/doc/WaveFormat/). */
function wavHeader(dataBytes: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + dataBytes, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(8000, 24); // samples a second
  header.writeUInt32LE(BYTES_PER_SECOND.wav, 28);
  header.writeUInt16LE(2, 32); // bytes a sample
  header.writeUInt16LE(16, 34); // bits a sample
  header.write("data", 36, "latin1");
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
