// Leads converted by jsforce's own soap.convertLead, single and in a list.
const jsforce = require("jsforce");
const told = JSON.parse(process.env.TOLD);
const STATUS = "Closed - Converted";

async function main() {
  const conn = new jsforce.Connection({ instanceUrl: told.url, accessToken: told.token, version: "67.0" });
  const leads = await conn
    .sobject("Lead")
    .find({ IsConverted: false, "Owner.Type": "User" }, "Id, Name, Company, Owner.Name")
    .sort({ Id: 1 })
    .limit(4);
  const one = await conn.soap.convertLead({ leadId: leads[0].Id, convertedStatus: STATUS });
  const many = await conn.soap.convertLead([
    { leadId: leads[0].Id, convertedStatus: STATUS },
    { leadId: leads[1].Id, accountId: one.accountId, convertedStatus: STATUS, doNotCreateOpportunity: true },
    { leadId: leads[2].Id, convertedStatus: "Nurturing" },
  ]);
  const [account] = (
    await conn.query(`SELECT Name, (SELECT Id FROM Contacts) FROM Account WHERE Id = '${one.accountId}'`)
  ).records;
  const misplaced = await conn.soap.convertLead({ leadId: leads[3].Id, colour: "red" }).catch((e) => e.errorCode);
  const stranger = new jsforce.Connection({ instanceUrl: told.url, accessToken: "bad", version: "67.0" });
  const expired = await stranger.soap.convertLead({ leadId: leads[3].Id }).catch((e) => e.errorCode);
  const lead = await conn.sobject("Lead").retrieve(leads[0].Id);
  return { leads, one, many, account, misplaced, expired, lead };
}

main().then((found) => console.log(JSON.stringify(found)));
