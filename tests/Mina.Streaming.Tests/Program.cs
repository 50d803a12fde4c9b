using Mina.Streaming.Log;

namespace Mina.Streaming.Tests;

/// <summary>What a test runs as a process of its own, by <c>dotnet exec</c> on this assembly, to kill it.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is not ["append", var path])
            return 2;
        var options = new ChunkLogOptions { CommitInterval = TimeSpan.FromMilliseconds(1), PackAfter = TimeSpan.FromSeconds(20) };
        await using var log = new SqliteChunkLog(path, options);
        try
        {
            _ = await log.OpenAsync();
        }
        catch (ChunkLogException e)
        {
            await Console.Out.WriteLineAsync(e.Message);
            return 1;
        }

        await Console.Out.WriteLineAsync("open");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(stream => Task.Run(async () =>
        {
            long last = 0;
            for (var i = 0; ; i++)
            {
                last = await log.AppendAsync($"s{stream}", Log.LogChunks.Start.AddSeconds(i), Log.LogChunks.Second(i, stream), offset =>
                    Console.Out.WriteLine($"s{stream} {i} {offset}"));
                if (i % 50 == 49)
                    await log.SaveAsync([new LoggedSnapshot($"s{stream}", last, BitConverter.GetBytes(i))]);
                if (i % 200 == 199)
                    _ = await log.ForgetAsync(Log.LogChunks.Start.AddSeconds(i - 100), long.MaxValue);
            }
        })));
        return 0;
    }
}
