// HubSpot's own client: records, batches, search, associations, properties, owners, pipelines.
const { Client } = require("@hubspot/api-client");
const told = JSON.parse(process.env.TOLD);

async function main() {
  const client = new Client({ accessToken: told.token, basePath: told.url, numberOfApiCallRetries: 0 });
  const { contacts, companies, associations, properties, owners, pipelines, objects } = client.crm;
  const firm = await companies.basicApi.create({ properties: { name: "JS" }, associations: [] });
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 1 }];
  const ada = await contacts.basicApi.create({
    properties: { email: "ada@js.example", firstname: "Ada" },
    associations: [{ to: { id: firm.id }, types }],
  });
  const read = await contacts.basicApi.getById(ada.id, ["email"], undefined, ["companies"]);
  const inputs = ["a", "b"].map((name) => ({
    id: `${name}@js.example`, idProperty: "email", properties: { firstname: name },
  }));
  const upserted = await contacts.batchApi.upsert({ inputs });
  const missing = await contacts.batchApi.read({
    inputs: [{ id: ada.id }, { id: "7" }], properties: ["email"], propertiesWithHistory: [],
  });
  const filters = [{ propertyName: "email", operator: "EQ", value: told.known }];
  const found = await contacts.searchApi.doSearch({
    filterGroups: [{ filters }], properties: ["email"], limit: 10, sorts: [], after: "0",
  });
  const linked = await associations.v4.batchApi.getPage("contacts", "companies", { inputs: [{ id: ada.id }] });
  const everybody = await contacts.getAll(100, undefined, ["email"]);
  let refused = {};
  try {
    await contacts.basicApi.create({ properties: { email: "ada@js.example" }, associations: [] });
  } catch (error) {
    refused = { code: error.code, message: error.body.message };
  }
  await contacts.basicApi.archive(ada.id);
  console.log(JSON.stringify({
    ada: ada.id,
    firm: firm.id,
    read: { email: read.properties.email, companies: read.associations.companies.results.map((one) => one.id) },
    upserted: upserted.results.map((one) => one._new ?? one["new"]),
    missing: { errors: missing.numErrors, ids: missing.errors[0].context.ids },
    found: found.results.map((one) => one.properties.email),
    linked: linked.results[0].to[0].associationTypes.map((one) => one.typeId),
    everybody: everybody.length,
    refused,
    properties: (await properties.coreApi.getAll("contacts")).results.map((one) => one.name),
    owners: (await owners.ownersApi.getPage()).results.map((one) => one.id),
    stages: (await pipelines.pipelinesApi.getAll("deals")).results[0].stages.map((one) => one.id),
    leads: (await objects.basicApi.getPage("0-136")).results.length,
  }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
