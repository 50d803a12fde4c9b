using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mina.Host.Tests.Monitor.Security;

/// <summary>A website of somebody else on this machine, and what a script in its page tries with a monitor.</summary>
internal sealed class ForeignSite : IAsyncDisposable
{
    /// <summary>
    /// A function of the monitor's address and of the host and port of its WebSocket. It tries every way in that a page has, and returns what
    /// it got: an empty list, where nothing.
    /// </summary>
    public const string Attack =
        """
        async ([http, ws]) => {
          const got = [];
          const chunk = JSON.stringify({ seq: 0, time: new Date().toISOString(), fs: 250, samples: [0.1, 0.2] });
          const within = (promise, name) => Promise.race([promise, new Promise(done => setTimeout(done, 20000))]).catch(() => { });

          const socket = name => within(new Promise(done => {
            let s;
            try { s = new WebSocket(`ws://${ws}/streams/${name}`); } catch { return done(); }
            s.onopen = () => { got.push('WebSocket open'); s.send(chunk); };
            s.onmessage = e => { got.push('WebSocket ' + e.data); s.close(); done(); };
            s.onerror = s.onclose = () => done();
          }));

          const ask = (what, path, init) => within(fetch(http + path, init).then(async answer => {
            if (answer.type !== 'opaque' && answer.ok) got.push(`${what} ${answer.status} ${(await answer.text()).slice(0, 80)}`);
          }));

          const element = (tag, property, path) => within(new Promise(done => {
            const it = document.createElement(tag);
            it.onload = () => { got.push(`${tag} ${path}`); done(); };
            it.onerror = () => done();
            it[property] = http + path;
            document.body.append(it);
          }));

          const form = path => {
            const frame = Object.assign(document.createElement('iframe'), { name: 'to' + path });
            const it = Object.assign(document.createElement('form'), { method: 'post', enctype: 'text/plain', action: http + path, target: frame.name });
            it.append(Object.assign(document.createElement('input'), { name: chunk.replace('"seq":0', '"x":"'), value: '","seq":0}' }));
            document.body.append(frame, it);
            it.submit();
          };

          const events = path => within(new Promise(done => {
            const source = new EventSource(http + path);
            source.onopen = () => { got.push('EventSource open'); source.close(); done(); };
            source.onerror = () => { source.close(); done(); };
          }));

          form('/streams/by-form/samples');
          try { navigator.sendBeacon(http + '/streams/by-beacon/samples', chunk); } catch { }
          await Promise.all([
            socket('by-socket'),
            ask('GET', '/api/streams'), ask('GET', '/api/alarms'), ask('GET', '/api/streams/bed/samples'), ask('GET', '/metrics'), ask('GET', '/'),
            ask('GET', '/api/streams', { mode: 'no-cors' }), ask('GET', '/api/streams', { credentials: 'include' }),
            ask('POST', '/streams/by-post/samples', { method: 'POST', body: chunk }),
            ask('POST', '/streams/by-opaque-post/samples', { method: 'POST', mode: 'no-cors', credentials: 'include', body: chunk }),
            ask('POST', '/streams/by-json-post/samples', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: chunk }),
            ask('DELETE', '/api/streams/bed', { method: 'DELETE' }),
            ask('acknowledge', '/api/alarms/ALARM/acknowledge', { method: 'POST', mode: 'no-cors', credentials: 'include' }),
            element('script', 'src', '/api/streams'), element('img', 'src', '/api/streams'), events('/api/alarms/events')]);
          return got;
        }
        """;

    private readonly WebApplication _app;

    private ForeignSite(WebApplication app) => _app = app;

    /// <summary>Its port.</summary>
    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<ForeignSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.MapGet("/", () => Results.Content("<!doctype html><title>Somebody else</title><body>Nothing to see here.", "text/html"));
        await app.StartAsync();
        return new ForeignSite(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
