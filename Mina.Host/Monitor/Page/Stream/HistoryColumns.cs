namespace Mina.Host.Monitor.Page;

/// <summary>Reduces the verdicts over a time range to the number of columns that a screen has room for.</summary>
internal static class HistoryColumns
{
    /// <summary>
    /// Builds the columns. A window belongs to the column that holds its centre, and of several windows the one of the highest probability is shown.
    /// </summary>
    /// <param name="verdicts">The verdicts in any order.</param>
    /// <param name="from">The time at which the first column begins.</param>
    /// <param name="to">The time at which the last column ends.</param>
    /// <param name="count">The number of columns, &gt; 0.</param>
    /// <returns>
    /// For each column the probability, plus 2 where the verdict is AF; -1 where all windows are unclassifiable; NaN where there is no window.
    /// </returns>
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
