using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary>A name that does not exist is never taken for something else, and the one that was meant is told.</summary>
public sealed class MisspellingTests
{
    [Theory]
    [InlineData("there is no command trian; did you mean train?", "trian")]
    [InlineData("mina --help lists them", "xyzzy")]
    [InlineData("there is no option --thresold of mina classify; did you mean --threshold?", "classify", "--thresold", "0.4", "a.hea")]
    [InlineData("there is no option --thresold of mina classify; did you mean --threshold?", "classify", "a.hea", "--thresold=0.4")]
    [InlineData("there is no command ad of mina token; did you mean add?", "token", "ad", "Ada")]
    [InlineData("there is no option --rol of mina token add; did you mean --role?", "token", "add", "Ada", "--rol", "view")]
    [InlineData("there is no option --fooooo of mina ingest; mina ingest --help lists those it has.", "ingest", "raw", "--fooooo", "x")]
    [InlineData("there is no option --verison of mina; did you mean --version?", "--verison")]
    [InlineData("there is no option --widows of mina robustness; did you mean --windows?", "robustness", "--model", "a", "b", "--widows", "4")]
    public async Task An_option_or_command_that_does_not_exist_is_named_with_the_one_that_was_meant(string says, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var result = await MinaProcess.RunAsync(folder.Path, arguments);
        Assert.Equal(1, result.ExitCode);
        var line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("mina: ", line, StringComparison.Ordinal);
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("the setting Monitor:CloseAfer does not exist; did you mean Monitor:CloseAfter? There are AuditRetention,", "CloseAfer", "1")]
    [InlineData("the setting Monitor:Episodes:Onsett does not exist; did you mean Monitor:Episodes:Onset?", "Episodes__Onsett", "1")]
    [InlineData("the setting Monitor:CloseAfter, 'soon', is not a time, such as 00:00:05 for 5 s", "CloseAfter", "soon")]
    [InlineData("the setting Monitor:KeepSamples, '24:00:00', would be 24 days; name days with a dot: 1.00:00:00 is a day", "KeepSamples", "24:00:00")]
    [InlineData("the setting Monitor:StaleAfter, '5', would be 5 days;", "StaleAfter", "5")]
    [InlineData("the setting Monitor:Threshold, 'high', is not a number.", "Threshold", "high")]
    [InlineData("the setting Monitor:MaxStreams, '1.5', is not a whole number.", "MaxStreams", "1.5")]
    [InlineData("the setting Monitor:Insecure, 'yes', is not true or false.", "Insecure", "yes")]
    [InlineData("the setting Monitor:Urls, 'http://127.0.0.1:99999999', is no address", "Urls", "http://127.0.0.1:99999999")]
    public async Task A_setting_that_does_not_exist_or_is_of_another_kind_is_named_with_those_that_exist(string says, string setting, string value)
    {
        using var folder = new TemporaryFolder();
        using var mina = MinaProcess.StartWith(new() { [$"MINA_Monitor__{setting}"] = value }, folder.Path, "monitor");
        var result = await mina.WaitAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(says, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
