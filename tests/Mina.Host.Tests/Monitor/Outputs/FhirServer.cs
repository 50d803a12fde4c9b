using System.Collections.Concurrent;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mina.Host.Tests.Monitor.Outputs;

/// <summary>A FHIR server of the test: takes valid transactions, and keeps what was put in them by its id.</summary>
internal sealed class FhirServer : IAsyncDisposable
{
    private readonly WebApplication _app = WebApplication.CreateSlimBuilder().Build();

    private FhirServer()
    {
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapPost("/fhir", async (HttpRequest request) =>
        {
            Tokens.Enqueue(request.Headers.Authorization.ToString());
            if (Refusal is { } status)
            {
                Refused++;
                return Results.Text("""{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"transient","diagnostics":"closed"}]}""",
                    "application/fhir+json", statusCode: status);
            }

            var bundle = FhirCheck.Read<Bundle>(await new StreamReader(request.Body).ReadToEndAsync());
            foreach (var entry in bundle.Entry)
                Kept[Assert.IsType<string>(entry.Request?.Url)] = Assert.IsType<Observation>(entry.Resource);
            Taken++;
            return LosesAnswers
                ? Results.StatusCode(500)
                : Results.Text("""{"resourceType":"Bundle","type":"transaction-response"}""", "application/fhir+json");
        });
    }

    /// <summary>Its base URL.</summary>
    public string Url => $"{_app.Urls.First()}/fhir";

    /// <summary>The status by which it refuses everything; null: it takes what comes.</summary>
    public int? Refusal { get; set; }

    /// <summary>Whether it keeps what comes, and says that it failed.</summary>
    public bool LosesAnswers { get; set; }

    public int Refused { get; private set; }
    public int Taken { get; private set; }

    /// <summary>What it has, by type and id.</summary>
    public ConcurrentDictionary<string, Observation> Kept { get; } = new();

    /// <summary>What came as Authorization.</summary>
    public ConcurrentQueue<string> Tokens { get; } = new();

    /// <summary>The Observations of episodes.</summary>
    public IEnumerable<Observation> Episodes => Kept.Values.Where(one => one.Value is CodeableConcept);

    public static async System.Threading.Tasks.Task<FhirServer> StartAsync()
    {
        var server = new FhirServer();
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
