namespace Mina.Host.Monitor;

/// <summary>The folder for the monitor's data when no setting names one, by the conventions of the platform.</summary>
internal static class DataFolders
{
    /// <summary>
    /// Under systemd the unit's <c>StateDirectory</c>; on Linux <c>$XDG_STATE_HOME/mina</c>, else <c>~/.local/state/mina</c>; on Windows and
    /// macOS <c>mina</c> in the user's local application data.
    /// </summary>
    public static string State =>
        Choose(Environment.GetEnvironmentVariable, OperatingSystem.IsLinux(), Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData));

    internal static string Choose(Func<string, string?> variable, bool isLinux, string localData)
    {
        // systemd separates several folders by colons.
        if (isLinux && variable("STATE_DIRECTORY") is { Length: > 0 } unit)
            return unit.Split(':')[0];
        if (!isLinux)
            return Path.Combine(localData, "mina");
        // The XDG Base Directory Specification has relative paths ignored.
        return variable("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathRooted(state) ? Path.Combine(state, "mina")
            : variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".local", "state", "mina")
            : Path.Combine(Path.GetTempPath(), "mina");
    }
}
