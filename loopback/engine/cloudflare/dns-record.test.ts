import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { expect, test } from "vitest";
import { UNKNOWN } from "../protocol/properties.ts";
import { DNS_RECORD, dnsRecordId, tunnelId, useCloudflareRig, zoneId } from "./test-rig.ts";

const { DIFF_NONE } = proto.DiffResponse.DiffChanges;
const rig = useCloudflareRig();

test("the import ID of a DNS record is <zone>/<record>", async () => {
  const { id, inputs } = await rig().dnsRecord();
  expect(id).toBe(dnsRecordId);
  const content = `${tunnelId}.cfargotunnel.com`;
  expect(inputs).toEqual({ zoneId, name: "webhook.reri.co", type: "CNAME", content, proxied: true, ttl: 1 });
});

test("an import ID without the account or the zone is refused", async () => {
  await expect(rig().engine.importResource(DNS_RECORD, dnsRecordId)).rejects.toThrow("<zone>/<record>");
});

test("a deleted DNS record is absent on a refresh, and an error on an import", async () => {
  const state = await rig().dnsRecord();
  rig().cloud.cloudflare.state.records.clear();
  expect(await rig().engine.refresh(DNS_RECORD, state)).toBeUndefined();
  await expect(rig().dnsRecord()).rejects.toThrow(
    new Error(
      `failed to make http request: GET "${rig().cloud.endpoints.cloudflare}/zones/${zoneId}/dns_records/${dnsRecordId}": 404 Not Found ` +
        '{"success":false,"errors":[{"code":81044,"message":"Record does not exist."}],"messages":[],"result":null}',
    ),
  );
});

test("a DNS record is created, compared, updated and deleted", async () => {
  const program = { zoneId, name: "other.reri.co", type: "CNAME", content: "a.example", proxied: false, ttl: 300 };
  const created = await rig().engine.create(DNS_RECORD, program);
  const changed = { ...program, content: "b.example", comment: "ours" };
  const { diffs } = await rig().engine.diff(DNS_RECORD, created, changed);
  expect(diffs).toEqual(["comment", "commentModifiedOn", "content", "modifiedOn"]);
  const updated = await rig().engine.update(DNS_RECORD, created, changed);
  expect((await rig().engine.diff(DNS_RECORD, updated, changed)).changes).toBe(DIFF_NONE);
  expect((await rig().engine.diff(DNS_RECORD, updated, program)).diffs).toContain("comment");
  expect((await rig().engine.diff(DNS_RECORD, updated, { ...changed, zoneId: "z" })).replaces).toEqual(["zoneId"]);
  expect(rig().cloud.cloudflare.state.records.get(created.id)).toMatchObject({ content: "b.example", ttl: 300 });
  await rig().engine.delete(DNS_RECORD, updated);
  expect([...rig().cloud.cloudflare.state.records.keys()]).toEqual([dnsRecordId]);
});

test("a comment that somebody set or removed by hand is a change", async () => {
  const state = await rig().dnsRecord();
  rig().record().comment = "ours";
  const commented = (await rig().engine.refresh(DNS_RECORD, state)) ?? state;
  expect((await rig().engine.diff(DNS_RECORD, commented, state.inputs)).diffs).toEqual(["comment", "modifiedOn"]);
  rig().record().comment = null;
  const bare = (await rig().engine.refresh(DNS_RECORD, commented)) ?? commented;
  const { diffs } = await rig().engine.diff(DNS_RECORD, bare, { ...state.inputs, comment: "ours" });
  expect(diffs).toEqual(["comment", "commentModifiedOn", "modifiedOn"]);
});

test("a missing proxied means false", async () => {
  const { proxied: _proxied, ...silent } = (await rig().dnsRecord()).inputs;
  expect((await rig().engine.diff(DNS_RECORD, await rig().dnsRecord(), silent)).diffs).toEqual([
    "modifiedOn",
    "proxied",
  ]);
});

test("a preview of a create shows the program's values", async () => {
  const program = { zoneId, name: "other.reri.co", type: "CNAME", content: "a.example", proxied: false, ttl: 300 };
  const { outputs } = await rig().engine.create(DNS_RECORD, program, true);
  expect(outputs).toMatchObject({ ...program, id: UNKNOWN, createdOn: UNKNOWN, modifiedOn: UNKNOWN });
});

test("tags that somebody set by hand are not a change on their own, but they change along with something else", async () => {
  const state = await rig().dnsRecord();
  rig().record().tags = ["team:x"];
  const tagged = (await rig().engine.refresh(DNS_RECORD, state)) ?? state;
  expect(tagged.outputs).toMatchObject({ tags: ["team:x"] });
  expect((await rig().engine.diff(DNS_RECORD, tagged, state.inputs)).diffs).toEqual([]);
  const program = { ...state.inputs, content: "b.example" };
  const { diffs } = await rig().engine.diff(DNS_RECORD, tagged, program);
  expect(diffs).toEqual(["content", "modifiedOn", "tags", "tagsModifiedOn"]);
});

test("an empty comment at Cloudflare is a change", async () => {
  const state = await rig().dnsRecord();
  rig().record().comment = "";
  const refreshed = (await rig().engine.refresh(DNS_RECORD, state)) ?? state;
  expect((await rig().engine.diff(DNS_RECORD, refreshed, state.inputs)).diffs).toEqual(["comment", "modifiedOn"]);
});

test("another zone replaces the record, and no other property changes", async () => {
  const state = await rig().dnsRecord();
  const { diffs, replaces } = await rig().engine.diff(DNS_RECORD, state, { ...state.inputs, zoneId: "z" });
  expect([diffs, replaces]).toEqual([["zoneId"], ["zoneId"]]);
});

test("an import has the comment and the tags, and leaves out a false flag", async () => {
  Object.assign(rig().record(), { comment: "ours", tags: ["a:b"], proxied: false });
  const { inputs } = await rig().dnsRecord();
  expect(inputs).toMatchObject({ comment: "ours", tags: ["a:b"] });
  expect(inputs).not.toHaveProperty("proxied");
});
