using System.Buffers;

namespace Mina.Host.Monitor.Edges;

/// <summary>The options of <see cref="HttpEdge"/>.</summary>
/// <param name="MaxMessageBytes">The largest message, bytes; the answer to a larger one names it.</param>
public sealed record HttpEdgeOptions(int MaxMessageBytes)
{
    /// <summary>Takes the options from the monitor's settings.</summary>
    public static HttpEdgeOptions From(MonitorOptions settings) => new(settings.MostMessageBytes);
}

/// <summary>The body of an HTTP answer to a request that was refused.</summary>
internal sealed record Refusal(string Error);

/// <summary>An edge for chunks that are posted to <c>/streams/STREAM/samples</c>; the status code is the answer.</summary>
internal sealed class HttpEdge(Intake intake, HttpEdgeOptions options) : IEdge
{
    /// <inheritdoc/>
    public string Name => "http";

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints
        .MapPost("/streams/{id}/samples", (HttpContext context, string id) => PostAsync(context, id))
        .WithSummary("A chunk of samples: the binary message, or the JSON one; of any content type")
        .Produces(StatusCodes.Status202Accepted);

    private async Task<IResult> PostAsync(HttpContext context, string id)
    {
        byte[] message;
        try
        {
            // Kestrel ends a body over the limit.
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
            message = body.ToArray();
        }
        catch (BadHttpRequestException e)
        {
            return Results.Json(
                new Refusal(
                    e.StatusCode == StatusCodes.Status413PayloadTooLarge
                        ? $"a message may have {options.MaxMessageBytes} bytes; send smaller chunks"
                        : e.Message),
                statusCode: e.StatusCode);
        }

        var taking = intake.TakeAsync(Name, id, new ReadOnlySequence<byte>(message), context.RequestAborted);
        // The chunk waits; the message need not.
        message = [];
        var answer = await taking.ConfigureAwait(false);
        return answer.Result switch
        {
            IntakeResult.Taken => Results.Accepted(),
            IntakeResult.Bad => Results.Json(new Refusal(answer.Reason!), statusCode: StatusCodes.Status400BadRequest),
            IntakeResult.TooLarge => Results.Json(new Refusal(answer.Reason!), statusCode: StatusCodes.Status413PayloadTooLarge),
            IntakeResult.TooManyStreams or IntakeResult.QueueFull =>
                Results.Json(new Refusal(answer.Reason!), statusCode: StatusCodes.Status429TooManyRequests),
            _ => Results.Json(new Refusal(answer.Reason!), statusCode: StatusCodes.Status503ServiceUnavailable),
        };
    }
}
