import { expect, test } from "vitest";
import { silentAudio, silentAudioOfSize } from "./silent-audio.ts";

test("an MP3 is a sequence of whole, empty frames", () => {
  const audio = Buffer.from(silentAudio("mp3", 1.2));
  expect(audio.length / 96).toBe(50);
  for (let at = 0; at < audio.length; at += 96) {
    expect(audio.readUInt32BE(at)).toBe(0xfff344c4);
    expect(audio.subarray(at + 4, at + 96).every((byte) => byte === 0)).toBe(true);
  }
  expect(silentAudio("mp3", 0.001)).toHaveLength(96);
});

test("a WAV file's header gives its length", () => {
  const audio = Buffer.from(silentAudio("wav", 2));
  expect(audio).toHaveLength(44 + 32_000);
  expect(audio.toString("latin1", 0, 4) + audio.toString("latin1", 8, 16)).toBe("RIFFWAVEfmt ");
  expect([audio.readUInt32LE(4), audio.readUInt32LE(40)]).toEqual([36 + 32_000, 32_000]);
  expect([audio.readUInt16LE(22), audio.readUInt32LE(24), audio.readUInt16LE(34)]).toEqual([1, 8000, 16]);
  expect(audio.subarray(44).every((byte) => byte === 0)).toBe(true);
});

test("the size is exact to the byte", () => {
  expect(silentAudioOfSize("mp3", 1000)).toHaveLength(1000);
  expect(silentAudioOfSize("wav", 1000)).toHaveLength(1000);
  expect(silentAudioOfSize("mp3", 0)).toHaveLength(0);
  expect(() => silentAudioOfSize("wav", 43)).toThrow(RangeError);
});
