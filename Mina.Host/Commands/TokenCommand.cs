using System.CommandLine;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Security;
using Mina.Host.Shell;
using Mina.Streaming.Files;
using Spectre.Console;

namespace Mina.Host.Commands;

/// <summary><c>mina token</c>: who may do what at the monitor of a database; a monitor that runs notices within two seconds.</summary>
internal static class TokenCommand
{
    private static readonly AccessRole[] Roles = [AccessRole.View, AccessRole.Acknowledge, AccessRole.Review, AccessRole.Admin];

    public static Command Create() => new("token", "Make, list and revoke the tokens by which people and devices get into the monitor.")
    {
        CreateAdd(),
        CreateList(),
        CreateRevoke(),
    };

    private static Command CreateAdd()
    {
        var name = new Argument<string>("NAME") { Description = "Whose it is. It is stored with what that person acknowledges and reviews." };
        var role = new Option<string>("--role")
        {
            Description = $"What that person may do, and all that stands before it: {string.Join(", ", Roles).ToLowerInvariant()}.",
            HelpName = "ROLE",
            DefaultValueFactory = _ => "view",
        };
        role.AcceptOnlyFromAmong([.. Roles.Select(one => one.ToString().ToLowerInvariant())]);
        var device = new Option<bool>("--device") { Description = "It is a device's, which sends to its streams and reads nothing." };
        var streams = new Option<string[]>("--streams")
        {
            Description = "The streams that the device may send to; * stands for any characters, ? for one.",
            AllowMultipleArgumentsPerToken = true,
        };
        var database = Database();
        var command = new Command("add", "Make a token. It is printed once, and only its hash is kept.") { name, role, device, streams, database };
        command.SetAction(parsed => CommandLine.RunGuardedAsync(() =>
        {
            var isDevice = parsed.GetValue(device);
            var given = isDevice ? AccessRole.Device : Enum.Parse<AccessRole>(parsed.GetValue(role)!, ignoreCase: true);
            var file = Open(parsed.GetValue(database));
            var token = file.Add(parsed.GetValue(name)!, given, parsed.GetValue(streams) ?? [], TimeProvider.System.GetUtcNow());
            Console.WriteLine(token);
            Console.Error.WriteLine($"It is shown this once; {file.Location} has its hash. From now on the monitor demands a token.");
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static Command CreateList()
    {
        var database = Database();
        var command = new Command("list", "List the tokens.") { database };
        command.SetAction(parsed => CommandLine.RunGuardedAsync(() =>
        {
            var table = new Table().AddColumns("Name", "Role", "Streams", "Made");
            foreach (var token in Open(parsed.GetValue(database)).Read())
            {
                table.AddRow(
                    Markup.Escape(PlainText.Clean(token.Name)),
                    token.Role.ToString().ToLowerInvariant(),
                    Markup.Escape(string.Join(", ", token.Streams)),
                    token.Made.ToString("u", System.Globalization.CultureInfo.InvariantCulture));
            }

            AnsiConsole.Write(table);
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static Command CreateRevoke()
    {
        var name = new Argument<string>("NAME") { Description = "Whose it is." };
        var database = Database();
        var command = new Command("revoke", "Revoke a token. What goes on by it ends within two seconds.") { name, database };
        command.SetAction(parsed => CommandLine.RunGuardedAsync(() =>
        {
            Open(parsed.GetValue(database)).Revoke(parsed.GetValue(name)!);
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static Option<string?> Database() => new("--database")
    {
        Description = "The monitor's database, beside which the tokens are. Default: that of the settings, else monitor.db in the user's state folder.",
        HelpName = "Database",
    };

    // By the settings of the monitor, so that its own file is found.
    private static TokenFile Open(string? database)
    {
        var configuration = new ConfigurationManager();
        MonitorSettings.Add(configuration, database is null ? new Dictionary<string, string?>() : new() { [nameof(MonitorOptions.Database)] = database });
        return TokenFile.Of(MonitorSettings.Read(configuration));
    }
}
