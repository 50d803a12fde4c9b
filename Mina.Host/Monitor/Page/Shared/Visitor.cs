using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Security;

namespace Mina.Host.Monitor.Page;

/// <summary>Who looks at the page, and what that person may do. Asked again at each action, because a token may have been revoked.</summary>
/// <param name="identity">Tells who; null: nobody is asked.</param>
/// <param name="tokens">What tokens give; null: nobody is asked, and everybody may do all.</param>
/// <param name="audit">Takes down what the person does; null: nobody does.</param>
internal sealed class Visitor(AuthenticationStateProvider? identity = null, AccessTokens? tokens = null, AuditLog? audit = null)
{
    private ClaimsPrincipal _user = new();

    /// <summary>The name that the person is signed in by; null: none, and the person says one.</summary>
    public string? Name => _user.Identity?.Name;

    /// <summary>Whether the person is signed in.</summary>
    public bool IsSignedIn => tokens is { IsDemanded: true } && _user.Identity?.IsAuthenticated == true;

    /// <summary>Whether the person may acknowledge alarms and pause beds.</summary>
    public bool MayAcknowledge => May(AccessRole.Acknowledge);

    /// <summary>Whether the person may review.</summary>
    public bool MayReview => May(AccessRole.Review);

    /// <summary>Whether the person may manage beds, and remove streams.</summary>
    public bool IsAdmin => May(AccessRole.Admin);

    /// <summary>The network address of the person's browser.</summary>
    public string? Address { get; set; }

    /// <summary>Takes down what the person does.</summary>
    /// <param name="action">What.</param>
    /// <param name="about">What it is about.</param>
    /// <param name="said">The name that the person says, where the token has none.</param>
    public void Audit(AuditAction action, string about, string? said = null) => audit?.Add(Name ?? said, action, about, Address);

    /// <summary>Reads who it is.</summary>
    public async Task LoadAsync()
    {
        if (identity is not null)
            _user = (await identity.GetAuthenticationStateAsync()).User;
    }

    private bool May(AccessRole role) => tokens is not { IsDemanded: true } || AccessRules.GrantOf(_user, tokens)?.May(role) == true;
}
