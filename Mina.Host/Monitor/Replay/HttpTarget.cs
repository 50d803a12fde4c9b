using System.Net;
using System.Net.Http.Headers;
using Mina.Preprocess;

namespace Mina.Host.Monitor.Replay;

/// <summary>Posts chunks to <c>/streams/STREAM/samples</c>.</summary>
internal sealed class HttpTarget : IChunkTarget
{
    private readonly HttpClient _client;

    public HttpTarget(string address, string? token)
    {
        _client = new HttpClient { BaseAddress = new Uri(address) };
        if (token is not null)
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <inheritdoc/>
    public async Task SendAsync(string stream, byte[] message, CancellationToken cancel)
    {
        try
        {
            using var body = new ByteArrayContent(message);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using var answer = await _client.PostAsync(new Uri($"streams/{stream}/samples", UriKind.Relative), body, cancel).ConfigureAwait(false);
            if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway)
                throw new IOException($"{_client.BaseAddress} is busy");
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
                throw new ProblemException($"{_client.BaseAddress} demands a token; give it with --token.");
            if (!answer.IsSuccessStatusCode)
                throw new ProblemException(
                    $"{_client.BaseAddress} refused a chunk: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false)}");
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"{_client.BaseAddress} cannot be reached ({(e.InnerException ?? e).Message})", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
