using System.Collections.Concurrent;
using Mina.Preprocess;

namespace Mina.Host.Monitor.Security;

/// <summary>
/// Looks at the file of tokens each second, and ends what goes on by a token that is revoked: WebSockets of devices, event streams, pages.
/// </summary>
/// <param name="tokens">The tokens.</param>
/// <param name="time">The server's clock.</param>
/// <param name="log">Says when the tokens are others, and what is wrong with the file.</param>
internal sealed class LiveRequests(AccessTokens tokens, TimeProvider time, ILogger<LiveRequests> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<HttpContext, bool> _requests = new();
    private string? _fault;

    /// <summary>Follows requests from where they are authenticated on.</summary>
    public async Task FollowAsync(HttpContext context, RequestDelegate next)
    {
        _requests[context] = true;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            _requests.TryRemove(context, out _);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Look();
    }

    private void Look()
    {
        try
        {
            tokens.Look();
            _fault = null;
            EndRevoked();
        }
        catch (ProblemException e)
        {
            // Once: whoever was let in before is let in still, and nobody else.
            if (_fault != e.Message)
                log.LogError("Tokens stay as they were: {Why}", e.Message);
            _fault = e.Message;
        }
    }

    private void EndRevoked()
    {
        foreach (var context in _requests.Keys)
        {
            if (tokens.IsDemanded && AccessRules.GrantOf(context.User, tokens) is null && context.GetEndpoint()?.Metadata
                .GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is null)
                context.Abort();
        }
    }
}
