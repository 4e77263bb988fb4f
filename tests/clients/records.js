// Records and queries by jsforce: CRUD, upsert, describe, paging, Bulk API 2.0.
const jsforce = require("jsforce");
const told = JSON.parse(process.env.TOLD);

async function main() {
  const conn = new jsforce.Connection({ instanceUrl: told.url, accessToken: told.token, version: "67.0" });
  const Lead = conn.sobject("Lead");
  const made = await Lead.create([{ LastName: "One", Company: "JS" }, { Company: "JS" }], { allOrNone: false });
  const upserted = await Lead.upsert({ HubSpot_Id__c: "js-1", LastName: "Two", Company: "JS" }, "HubSpot_Id__c");
  const updated = await Lead.update({ Id: made[0].id, Title: "CTO" });
  const read = await Lead.retrieve(made[0].id);
  const every = await Lead.find({ Company: "JS" }, "*").sort("LastName");
  const described = await Lead.describe();
  const all = await conn.query("SELECT Id FROM Lead ORDER BY SystemModstamp, Id", { autoFetch: true, maxFetch: 5000 });
  const nested = await conn
    .sobject("Account")
    .find({}, "Id, Name")
    .include("Contacts", { LastName: { $ne: null } }, "Id, LastName", { limit: 2 })
    .end()
    .limit(5);
  conn.bulk2.pollInterval = 20;
  conn.bulk2.pollTimeout = 20000;
  const loaded = await conn.bulk2.loadAndWaitForResults({
    object: "Lead",
    operation: "insert",
    input: [{ LastName: "B, \"1\"", Company: "Bulk" }, { LastName: "B\n2", Company: "Bulk" }, { Company: "Bulk" }],
  });
  const stream = await conn.bulk2.query("SELECT LastName FROM Lead WHERE Company = 'Bulk' ORDER BY LastName", {
    pollInterval: 20,
    pollTimeout: 20000,
  });
  const queried = await stream.toArray();
  const removed = await Lead.destroy(made[0].id);
  const refused = await conn.query("SELECT Nope FROM Lead").catch((e) => e.errorCode);
  return {
    made, upserted, updated, read, every, fields: described.fields.map((f) => f.name), total: all.totalSize,
    fetched: all.records.length, nested, loaded, queried, removed, refused,
  };
}

main().then((found) => console.log(JSON.stringify(found)));
