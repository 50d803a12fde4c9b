using Mina.Host.Models;
using Mina.Host.Shell;

// Scripts ask for the version most: it needs neither the parser nor the console library, which take most of a start.
if (args is ["--version"])
{
    Console.Out.WriteLine(ProductVersion.Text);
    return ExitCodes.Done;
}

TorchPlugIn.Register();
return await CommandLine.RunAsync(args);
