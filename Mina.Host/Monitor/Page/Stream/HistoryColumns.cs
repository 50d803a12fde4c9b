namespace Mina.Host.Monitor.Page;

/// <summary>Verdicts over a time range, brought to as many columns as a screen has room for.</summary>
internal static class HistoryColumns
{
    /// <summary>Each window counts for the instant at its centre; of several in a column the one of largest probability is shown.</summary>
    /// <param name="verdicts">In any order.</param>
    /// <param name="from">Where the first column begins.</param>
    /// <param name="to">Where the last one ends.</param>
    /// <param name="count">Columns, &gt; 0.</param>
    /// <returns>The probability, 2 more where the verdict is AF; -1 where all is unclassifiable; NaN where there is no window.</returns>
    public static float[] Build(IEnumerable<WindowStatus> verdicts, DateTimeOffset from, DateTimeOffset to, int count)
    {
        var columns = new float[count];
        Array.Fill(columns, float.NaN);
        foreach (var window in verdicts)
        {
            var place = (int)Math.Floor((window.Start + (StreamView.Window / 2) - from) / (to - from) * count);
            if (place < 0 || place >= count)
                continue;
            var value = window.Probability is { } p ? (float)p + (ScriptData.IsAF(window) ? 2 : 0) : -1;
            if (float.IsNaN(columns[place]) || value > columns[place])
                columns[place] = value;
        }

        return columns;
    }
}
