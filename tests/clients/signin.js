// jsforce signs in in three ways, renews a session that has ended, and looks round.
const jsforce = require("jsforce");
const { url, token, app } = JSON.parse(process.env.TOLD);

(async () => {
  const old = new jsforce.Connection({ loginUrl: url, version: "60.0" });
  await old.login(app.username, app.password + app.security_token);

  const oauth2 = { clientId: app.client_id, clientSecret: app.client_secret, loginUrl: url };
  const byApp = new jsforce.Connection({ instanceUrl: url, oauth2 });
  await byApp.authorize({ grant_type: "client_credentials" });

  let renewed = 0;
  const refreshFn = (_, done) => {
    renewed += 1;
    done(null, token);
  };
  const ended = new jsforce.Connection({ instanceUrl: url, accessToken: "stale", refreshFn, version: "67.0" });
  const found = await ended.query("SELECT Id FROM Lead");

  const [start, end] = [new Date(Date.now() - 3600e3), new Date(Date.now() + 3600e3)];
  const changes = await ended.sobject("Lead").updated(start, end);
  const gone = await ended.sobject("Lead").create({ LastName: "Gone", Company: "A" });
  await ended.sobject("Lead").destroy(gone.id);
  console.log(
    JSON.stringify({
      login: old.instanceUrl,
      identity: await byApp.identity(),
      found: found.totalSize,
      renewed,
      updated: changes.ids.length,
      emptied: await ended.soap.emptyRecycleBin([gone.id]),
      user: await ended.soap.getUserInfo(),
      fields: (await ended.sobject("Lead").describe()).fields.map((field) => field.name),
      objects: (await ended.describeGlobal()).sobjects.map((object) => object.name),
      usage: ended.limitInfo.apiUsage.limit,
    }),
  );
})();
